/** Administration of a running broker: what can be asked and changed, and the socket through which the command line does so. */
@NullMarked
package io.dunlin.server.control;

import org.jspecify.annotations.NullMarked;
