package io.dunlin.security.password;

/**
 * A password that is kept in a way that helps a thief, for the log and for {@code dunlin audit}. Shows no secret.
 *
 * @param source as the configuration calls it, such as {@code password-file}
 * @param user whose it is
 * @param why half a sentence
 * @param fix what to do
 */
public record WeakCredential(String source, String user, String why, String fix) {}
