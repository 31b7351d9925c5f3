/** The vocabulary of the tests: a network in memory, time that tests move, conversations packet by packet. */
@NullMarked
package io.dunlin.testkit;

import org.jspecify.annotations.NullMarked;
