@NullMarked
package io.dunlin.cli.bench;

import org.jspecify.annotations.NullMarked;
