/** Clients that are known by their certificates, whether those still hold, and certificates of one's own. */
@NullMarked
package io.dunlin.security.certificate;

import org.jspecify.annotations.NullMarked;
