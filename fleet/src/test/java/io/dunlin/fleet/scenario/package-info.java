@NullMarked
package io.dunlin.fleet.scenario;

import org.jspecify.annotations.NullMarked;
