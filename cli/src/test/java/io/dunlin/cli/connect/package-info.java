@NullMarked
package io.dunlin.cli.connect;

import org.jspecify.annotations.NullMarked;
