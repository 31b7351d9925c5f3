/** Scenarios: groups of devices as written in a HOCON file, read strictly, with file and line in each complaint. */
@NullMarked
package io.dunlin.fleet.scenario;

import org.jspecify.annotations.NullMarked;
