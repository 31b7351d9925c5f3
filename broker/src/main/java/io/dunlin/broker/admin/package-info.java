/** What may be seen and asked of the running core: counters, views, commands. */
@NullMarked
package io.dunlin.broker.admin;

import org.jspecify.annotations.NullMarked;
