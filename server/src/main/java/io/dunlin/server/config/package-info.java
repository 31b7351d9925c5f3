/** The configuration: HOCON bound strictly to records, its sources, checks, printing and comparing. */
@NullMarked
package io.dunlin.server.config;

import org.jspecify.annotations.NullMarked;
