@NullMarked
package io.dunlin.testkit;

import org.jspecify.annotations.NullMarked;
