/** The $SYS topics, and what is told about clients. */
@NullMarked
package io.dunlin.server.sys;

import org.jspecify.annotations.NullMarked;
