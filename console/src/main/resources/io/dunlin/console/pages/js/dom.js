// @ts-check
/**
 * What all views are made of: Preact's h(), and view(), which makes a component out of a function that is called once
 * and gives back how to draw it. No hooks, so that no module needs an import map (an inline one would need a hole in the CSP).
 */
// @ts-ignore served out of the WebJar
import { h, render, Component, Fragment } from '/lib/preact/dist/preact.module.js';

export { h, render, Fragment };

/**
 * @typedef {object} Self
 * @property {any} props the props of now
 * @property {boolean} alive false once the view has left the page
 * @property {() => void} redraw
 * @property {(change: () => void) => void} change does something to the view's variables and draws anew
 * @property {(run: () => (void | (() => void))) => void} onMount runs when the view is on the page; its result when it leaves
 * @property {(run: () => void) => void} onLeave
 * @property {(run: (before: any) => void) => void} onUpdate runs after each later drawing
 * @property {(milliseconds: number, run: () => void) => void} every while the view is on the page and the page is looked at
 * @property {(target: EventTarget, event: string, run: (e: any) => void) => void} listen
 */

/**
 * Makes a component.
 * @template P
 * @param {(self: Self, props: P) => (props: P & {children?: any}) => any} setup
 * @returns {any}
 */
export function view(setup) {
  return class View extends Component {
    /** @param {any} props */
    constructor(props) {
      super(props);
      const mounts = [];
      const leaves = (this.leaves = []);
      const updates = (this.updates = []);
      this.mounts = mounts;
      const me = /** @type {any} */ (this);
      /** @type {any} */
      const self = {
        alive: true,
        get props() {
          return me.props;
        },
        redraw() {
          if (self.alive) me.setState({});
        },
        change(change) {
          change();
          self.redraw();
        },
        onMount(run) {
          mounts.push(run);
        },
        onLeave(run) {
          leaves.push(run);
        },
        onUpdate(run) {
          updates.push(run);
        },
        every(milliseconds, run) {
          mounts.push(() => {
            const timer = setInterval(() => {
              if (!document.hidden) run();
            }, milliseconds);
            return () => clearInterval(timer);
          });
        },
        listen(target, event, run) {
          mounts.push(() => {
            target.addEventListener(event, run);
            return () => target.removeEventListener(event, run);
          });
        },
      };
      this.self = self;
      this.draw = setup(self, props);
    }

    componentDidMount() {
      for (const mount of this.mounts) {
        const leave = mount();
        if (typeof leave === 'function') this.leaves.push(leave);
      }
    }

    componentDidUpdate(before) {
      for (const update of this.updates) update(before);
    }

    componentWillUnmount() {
      this.self.alive = false;
      for (const leave of this.leaves) leave();
    }

    render(props) {
      return this.draw(props);
    }
  };
}

/**
 * Something that is fetched. `data` stays while it is fetched again; answers that come too late are left out.
 * @template T
 * @param {Self} self
 * @param {() => Promise<T>} fetch
 */
export function resource(self, fetch) {
  let turn = 0;
  const it = {
    /** @type {T | undefined} */ data: undefined,
    /** @type {any} */ error: undefined,
    loading: false,
    /** When the data came, in milliseconds. */ at: 0,
    async load() {
      const mine = ++turn;
      it.loading = true;
      self.redraw();
      try {
        const data = await fetch();
        if (mine !== turn || !self.alive) return;
        it.data = data;
        it.error = undefined;
        it.at = Date.now();
      } catch (e) {
        if (mine !== turn || !self.alive) return;
        it.error = e;
      }
      it.loading = false;
      self.redraw();
    },
  };
  self.onMount(() => {
    it.load();
  });
  return it;
}

/** Names of classes: texts, and those of an object that are true. @param {...any} parts */
export function cx(...parts) {
  const names = [];
  for (const part of parts) {
    if (!part) continue;
    if (typeof part === 'string') names.push(part);
    else for (const name in part) if (part[name]) names.push(name);
  }
  return names.join(' ');
}

/** A value that is told to those who watch it. @template T @param {T} value */
export function signal(value) {
  const watchers = new Set();
  return {
    get value() {
      return value;
    },
    set value(next) {
      if (next === value) return;
      value = next;
      for (const watcher of [...watchers]) watcher(value);
    },
    /** @param {(value: T) => void} watcher @returns {() => void} ends it */
    watch(watcher) {
      watchers.add(watcher);
      return () => {
        watchers.delete(watcher);
      };
    },
  };
}

/** Draws the view anew when one of the signals changes. @param {Self} self @param {...any} signals */
export function follow(self, ...signals) {
  for (const one of signals) self.onMount(() => one.watch(() => self.redraw()));
}
