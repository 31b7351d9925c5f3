/** {@code dunlin simulate} and {@code dunlin demo}: fleets of devices against a broker, or printed. */
@NullMarked
package io.dunlin.cli.simulate;

import org.jspecify.annotations.NullMarked;
