/** The audit log: what was administered and decided, one line of JSON each. */
@NullMarked
package io.dunlin.security.audit;

import org.jspecify.annotations.NullMarked;
