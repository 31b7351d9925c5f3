/** What the standards demand, statement by statement, as conversations with the real broker. */
@NullMarked
package io.dunlin.conformance;

import org.jspecify.annotations.NullMarked;
