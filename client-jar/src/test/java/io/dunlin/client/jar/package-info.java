/** The client as a user has it, against a real broker. */
@NullMarked
package io.dunlin.client.jar;

import org.jspecify.annotations.NullMarked;
