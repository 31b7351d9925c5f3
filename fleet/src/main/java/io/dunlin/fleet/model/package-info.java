/**
 * What devices measure: generators of values and models with physics. All of it is driven by a time that is handed in and by
 * one seed, so that a device says the same in each run.
 */
@NullMarked
package io.dunlin.fleet.model;

import org.jspecify.annotations.NullMarked;
