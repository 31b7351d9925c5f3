/** Topic names, topic filters and the tree that matches them. */
@NullMarked
package io.dunlin.protocol.topic;

import org.jspecify.annotations.NullMarked;
