/** The command profile: named sets of connection options. */
@NullMarked
package io.dunlin.cli.profile;

import org.jspecify.annotations.NullMarked;
