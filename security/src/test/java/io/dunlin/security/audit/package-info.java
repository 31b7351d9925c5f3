@NullMarked
package io.dunlin.security.audit;

import org.jspecify.annotations.NullMarked;
