@NullMarked
package io.dunlin.fleet.model;

import org.jspecify.annotations.NullMarked;
