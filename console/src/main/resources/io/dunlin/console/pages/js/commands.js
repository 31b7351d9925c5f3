// @ts-check
/**
 * The commands of `dunlin` that show or do the same as a screen. COMMANDS is JSON, so that a test of the build reads it and gives all
 * its words to the command line itself: whoever renames an option there hears of it.
 *
 * `words` come first, then `options` by the name of what a screen knows: a text as --name=value, a list as words of their own before
 * the value (or before each list of values, or alone where the value is true); `otherwise` are values where a screen says none,
 * `values` are told in other words, `operands` come last.
 */
import { shell } from './format.js';

export const COMMANDS = {
  "clients.list": {
    "words": ["clients", "list"],
    "options": {
      "like_clientid": "--like",
      "like_username": "--like-user",
      "ip_address": "--address",
      "conn_state": "--state",
      "proto_ver": "--mqtt",
      "sort": "--sort"
    },
    "otherwise": { "conn_state": "all" },
    "values": { "proto_ver": { "3": "3.1", "4": "3.1.1", "5": "5.0" } }
  },
  "clients.slow": {
    "words": ["clients", "slow"],
    "options": { "like_clientid": "--like", "conn_state": "--state", "sort": "--sort" }
  },
  "clients.show": { "words": ["clients", "show"], "operands": ["clientid"] },
  "clients.subscriptions": {
    "words": ["clients", "subscriptions"],
    "options": {
      "topic": "--topic",
      "match_topic": "--match",
      "share_group": "--group",
      "qos": "--qos",
      "sort": "--sort"
    },
    "operands": ["clientid"]
  },
  "clients.inflight": { "words": ["clients", "inflight"], "operands": ["clientid"] },
  "clients.queue": { "words": ["clients", "queue"], "operands": ["clientid"] },
  "clients.explain": {
    "words": ["clients", "explain"],
    "options": { "qos": "--qos", "retain": ["--retain"] },
    "operands": ["clientid", "action", "topic"]
  },
  "why": {
    "words": ["why"],
    "options": { "clientid": "--client", "topic": "--topic", "since": "--since" }
  },
  "retained.list": {
    "words": ["retained", "list"],
    "options": { "sort": "--sort" },
    "operands": ["topic"]
  },
  "topics.talkers": { "words": ["topics", "talkers"], "options": { "by": "--by" } },
  "trace.list": { "words": ["trace", "list"] },
  "trace.show": { "words": ["trace", "show"], "operands": ["name"] },
  "certificates.list": {
    "words": ["security", "certificates"],
    "options": { "like_subject": "--like", "like_setting": "--setting", "state": "--state", "sort": "--sort" }
  },
  "jwt_keys.list": { "words": ["security", "keys"] },
  "log.list": { "words": ["log"], "options": { "level": "--level", "like_text": "--like", "sort": "--sort" } },
  "bans.list": { "words": ["ban", "list"] },
  "users.list": { "words": ["users", "list"] },
  "groups.list": { "words": ["groups", "list"] },
  "roles.list": { "words": ["roles", "list"] },
  "listeners.list": { "words": ["listeners", "list"] },
  "config.show": { "words": ["config", "show"], "options": { "key": "--like" } },
  "audit.log": {
    "words": ["audit", "log"],
    "options": { "like_event": "--event", "who": "--who", "sort": "--sort" }
  },
  "backup": { "words": ["backup", "dunlin.tar"] },
  "subscribe": { "words": ["sub", "-v"], "options": { "topic": ["-t"] } },
  "publish": {
    "words": ["pub"],
    "options": {
      "topic": ["-t"],
      "payload": ["-m"],
      "nothing": ["-n"],
      "qos": ["-q"],
      "retain": ["-r"],
      "contentType": ["-D", "publish", "content-type"],
      "responseTopic": ["-D", "publish", "response-topic"],
      "correlationData": ["-D", "publish", "correlation-data"],
      "messageExpiry": ["-D", "publish", "message-expiry-interval"],
      "payloadFormat": ["-D", "publish", "payload-format-indicator", "1"],
      "user": ["-D", "publish", "user-property"]
    }
  }
};

const isSaid = (/** @type {any} */ value) => value !== undefined && value !== null && value !== '' && value !== false;

/** @param {any} how @param {any} value @returns {any[]} */
function option(how, value) {
  if (typeof how === 'string') return [`${how}=${value}`];
  if (value === true) return how;
  return Array.isArray(value) ? value.flatMap((each) => [...how, ...each]) : [...how, value];
}

/** A command as one types it. @param {keyof typeof COMMANDS} name @param {Record<string, any>} [said] what the screen knows */
export function command(name, said = {}) {
  const it = /** @type {any} */ (COMMANDS[name]);
  const words = ['dunlin', ...it.words];
  for (const [key, how] of Object.entries(it.options ?? {})) {
    const value = isSaid(said[key]) ? said[key] : it.otherwise?.[key];
    if (isSaid(value)) words.push(...option(how, it.values?.[key]?.[value] ?? value));
  }
  const operands = (it.operands ?? []).map((/** @type {string} */ key) => said[key]).filter(isSaid);
  if (operands.some((/** @type {any} */ word) => String(word).startsWith('-'))) words.push('--');
  return [...words, ...operands].map(shell).join(' ');
}
