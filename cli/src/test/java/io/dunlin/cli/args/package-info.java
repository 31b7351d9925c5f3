@NullMarked
package io.dunlin.cli.args;

import org.jspecify.annotations.NullMarked;
