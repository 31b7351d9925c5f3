/** What {@code dunlin audit} finds in a configuration and in a running broker, why it matters, and how it is mended. */
@NullMarked
package io.dunlin.server.assess;

import org.jspecify.annotations.NullMarked;
