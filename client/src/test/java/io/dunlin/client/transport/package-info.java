@NullMarked
package io.dunlin.client.transport;

import org.jspecify.annotations.NullMarked;
