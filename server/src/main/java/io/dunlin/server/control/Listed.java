package io.dunlin.server.control;

import io.dunlin.broker.admin.Page;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The answer of a command that lists: one page of it.
 *
 * @param data the rows, in order
 */
public record Listed<T>(List<T> data, Meta meta) {
    static final int LIMIT = 100;
    static final int LIMIT_MAX = 1_000;

    /**
     * Which part of the whole it is.
     *
     * @param page counts from 1
     * @param limit rows of a page
     * @param count of all that match
     * @param hasnext whether there is another page after this one
     */
    public record Meta(int page, int limit, long count, boolean hasnext) {}

    /** The arguments {@code page} and {@code limit}. */
    static Page.Wanted wanted(Request request) {
        return wanted(request, LIMIT);
    }

    static Page.Wanted wanted(Request request, int limitOtherwise) {
        return new Page.Wanted(
                request.number("page", 1, 1, Integer.MAX_VALUE), request.number("limit", limitOtherwise, 1, LIMIT_MAX));
    }

    /**
     * The argument {@code sort}: a field, with - before it for the largest first.
     *
     * @param orders by field
     * @param otherwise where it is not there, and among those that are equal
     */
    static <T> Comparator<T> order(Request request, Map<String, Comparator<T>> orders, Comparator<T> otherwise) {
        String field = request.optional("sort").orElse("");
        if (field.isEmpty()) {
            return otherwise;
        }
        boolean descending = field.startsWith("-");
        Comparator<T> order = orders.get(descending ? field.substring(1) : field);
        if (order == null) {
            throw new CommandFailed("the list cannot be sorted by " + field + ", but by "
                    + String.join(", ", orders.keySet().stream().sorted().toList()));
        }
        return (descending ? order.reversed() : order).thenComparing(otherwise);
    }

    /** For a list whose order is its meaning. @param order says which that is */
    static void refuseSort(Request request, String order) {
        if (request.optional("sort").filter(field -> !field.isEmpty()).isPresent()) {
            throw new CommandFailed("the list cannot be sorted: it is in the order " + order);
        }
    }

    static <T, R> Listed<R> of(Page<T> page, Page.Wanted wanted, Function<? super T, R> row) {
        List<R> rows = new ArrayList<>(page.rows().size());
        page.rows().forEach(each -> rows.add(row.apply(each)));
        return new Listed<>(rows, new Meta(wanted.page(), wanted.limit(), page.count(), page.hasNext(wanted)));
    }

    /** A page of what is in memory as a whole. */
    static <T> Listed<T> of(Request request, List<T> all, Comparator<T> order) {
        return of(request, all, each -> true, order);
    }

    static <T> Listed<T> of(Request request, List<T> all, Predicate<T> filter, Comparator<T> order) {
        Page.Wanted wanted = wanted(request);
        Page<T> page = Page.of(all::forEach, filter, order, wanted);
        return of(page, wanted, Function.identity());
    }
}
