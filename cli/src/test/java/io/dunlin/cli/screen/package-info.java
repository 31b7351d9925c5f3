@NullMarked
package io.dunlin.cli.screen;

import org.jspecify.annotations.NullMarked;
