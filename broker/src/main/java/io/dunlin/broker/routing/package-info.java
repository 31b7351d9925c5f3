/** Who gets a message: subscriptions, shared groups, retained messages. */
@NullMarked
package io.dunlin.broker.routing;

import org.jspecify.annotations.NullMarked;
