/** Tests. */
@NullMarked
package io.dunlin.security.certificate;

import org.jspecify.annotations.NullMarked;
