package io.dunlin.broker.admin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A part of a list that may be long.
 *
 * @param rows in order, at most as many as asked for
 * @param count how many there are in all
 */
public record Page<T>(List<T> rows, long count) {
    private static final int HEAP_MAX = 2_000;

    /** Which part: pages count from 1. */
    public record Wanted(int page, int limit) {
        public Wanted {
            if (page < 1 || limit < 1) {
                throw new IllegalArgumentException("pages and limits begin with 1");
            }
        }

        private long end() {
            return (long) page * limit;
        }
    }

    /**
     * Takes what a walk gives, once, and keeps no more of it than the page needs where that is one of the first.
     *
     * @param walk gives the action each element
     */
    public static <T> Page<T> of(
            Consumer<Consumer<T>> walk, Predicate<? super T> filter, Comparator<? super T> order, Wanted wanted) {
        Collector<T> collector = new Collector<>(order, wanted.end());
        walk.accept(each -> {
            if (filter.test(each)) {
                collector.take(each);
            }
        });
        return collector.page(wanted);
    }

    /** Whether there are more after this one. */
    public boolean hasNext(Wanted wanted) {
        return wanted.end() < count;
    }

    /** Keeps the first so-many by order, or all where that many are wanted. */
    private static final class Collector<T> {
        private final Comparator<? super T> order;
        private final long most;
        private final PriorityQueue<T> heap; // the last of those kept first
        private final List<T> all = new ArrayList<>();
        private long count;

        Collector(Comparator<? super T> order, long most) {
            this.order = order;
            this.most = most;
            this.heap = new PriorityQueue<>(order.reversed());
        }

        void take(T each) {
            count++;
            if (most > HEAP_MAX) {
                all.add(each);
            } else if (heap.size() < most) {
                heap.add(each);
            } else {
                T last = heap.peek();
                if (last != null && order.compare(each, last) < 0) {
                    heap.poll();
                    heap.add(each);
                }
            }
        }

        Page<T> page(Wanted wanted) {
            List<T> kept = new ArrayList<>(most > HEAP_MAX ? all : heap);
            int from = (int) Math.min(wanted.end() - wanted.limit(), kept.size());
            int to = (int) Math.min(wanted.end(), kept.size());
            putInPlace(kept, from);
            putInPlace(kept, to);
            List<T> rows = new ArrayList<>(kept.subList(from, to));
            rows.sort(order);
            return new Page<>(rows, count);
        }

        /** Moves elements so that those before the place are not after any of the others: cheaper than to sort them all. */
        private void putInPlace(List<T> list, int place) {
            int from = 0;
            int to = list.size();
            while (to - from > 1 && place > from && place < to) {
                T pivot = middle(list.get(from), list.get((from + to) >>> 1), list.get(to - 1));
                int smaller = from;
                int larger = to - 1;
                while (smaller <= larger) {
                    while (order.compare(list.get(smaller), pivot) < 0) {
                        smaller++;
                    }
                    while (order.compare(list.get(larger), pivot) > 0) {
                        larger--;
                    }
                    if (smaller <= larger) {
                        Collections.swap(list, smaller++, larger--);
                    }
                }
                if (place <= larger) {
                    to = larger + 1;
                } else if (place >= smaller) {
                    from = smaller;
                } else {
                    return;
                }
            }
        }

        private T middle(T a, T b, T c) {
            if (order.compare(a, b) > 0) {
                return order.compare(b, c) >= 0 ? b : order.compare(a, c) < 0 ? a : c;
            }
            return order.compare(a, c) >= 0 ? a : order.compare(b, c) < 0 ? b : c;
        }
    }
}
