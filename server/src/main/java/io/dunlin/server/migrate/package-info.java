/** Takes over from other brokers: reads their files and writes a configuration of ours. */
@NullMarked
package io.dunlin.server.migrate;

import org.jspecify.annotations.NullMarked;
