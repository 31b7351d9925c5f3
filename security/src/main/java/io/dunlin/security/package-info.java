/** Who clients are: passwords, password files and SCRAM. Depends on the core's ports and the JDK only. */
@NullMarked
package io.dunlin.security;

import org.jspecify.annotations.NullMarked;
