/** The commands pub, sub and rr. */
@NullMarked
package io.dunlin.cli.pubsub;

import org.jspecify.annotations.NullMarked;
