/** What there is to ask for, route by route. */
@NullMarked
package io.dunlin.console.api;

import org.jspecify.annotations.NullMarked;
