/** Requests and answers: who is asked, who may, and the server that carries them. */
@NullMarked
package io.dunlin.console.http;

import org.jspecify.annotations.NullMarked;
