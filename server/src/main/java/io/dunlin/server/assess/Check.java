package io.dunlin.server.assess;

import java.util.Locale;

/** What is looked at. The name in lower case with dashes is the id of its findings; {@code audit.ignore} takes it. */
public enum Check {
    ANONYMOUS_ACCESS("Whoever reaches the listener is let in, and nobody can be told apart afterwards."),
    PLAIN_LISTENER("Passwords and messages pass in the clear: everybody on the way can read and change them."),
    NO_AUTHORIZATION("Each client may read and write every topic: one stolen device owns the whole fleet."),
    NO_MATCH_ALLOWS(
            "What no rule speaks of is allowed: a rule that was forgotten or misspelt opens topics in silence."),
    WILDCARD_GRANT("The grant covers every topic, those of tomorrow too: what the client needs is fewer."),
    GRANT_TO_EVERYBODY("The grant names nobody, so that every client has it, new ones and intruders too."),
    SYS_READABLE("$SYS tells every client about load, versions and other clients: what an attacker looks for first."),
    PLAIN_PASSWORD("Whoever sees the configuration, its backups or its history can log in."),
    WEAK_HASH("Whoever gets the file finds such passwords out by trying, many millions each second."),
    SECRET_FILE_OPEN("Other users of this machine can read the secrets in it, or put others into it."),
    TRUSTED_FILE_OPEN(
            "Other users of this machine can change who may log in, what clients may do, or whom the broker trusts."),
    CONTROL_FOLDER_OPEN(
            "Other users of this machine can put a socket of their own in its place, and get what administrators send."),
    DATA_FOLDER_OPEN("Other users of this machine can read stored messages and sessions."),
    SHARED_CREDENTIALS("Where several devices share a login, one stolen device cannot be shut out without the others."),
    CERTIFICATE_EXPIRED("Clients that check certificates cannot connect, and those that can do not check."),
    CERTIFICATE_EXPIRING("When it ends, every client that checks certificates stays out."),
    CERTIFICATE_WEAK("Its key or its signature can be forged with the means of today."),
    OLD_TLS("TLS 1.3 hides more, connects faster and has no weak ciphers."),
    WEAK_CIPHER("What was recorded can be read later, or even now."),
    PROXY_UNTRUSTED("Whoever connects can claim any address: bans, limits and rules by address mean nothing."),
    WEBSOCKET_ORIGINS(
            "Any web page that a user opens may connect from the browser, past firewalls and into the local machine."),
    NO_REVOCATION("A stolen client certificate stays good until it expires."),
    BACKEND_PLAIN(
            "Passwords and answers of the back end pass in the clear: whoever changes an answer logs in as anybody."),
    LIMITS_OFF("One client, or one address, can take what all others need."),
    AUDIT_LOG_OFF("Nobody can say afterwards who changed what, or who tried to come in."),
    QOS0_IMPORTANT(
            "Messages of QoS 0 are lost without a word when a connection breaks, and these topics were marked important."),
    DURABILITY_MEMORY(
            "An acknowledged message is gone when the broker or its machine ends, and these topics were marked important."),
    UNUSED_GRANT("What nobody uses can be taken away without loss, and is one thing less to be misused."),
    RELOAD_FAILED(
            "The broker goes on with what it had before: certificates, users and rules that were changed are not in force."),
    CONFIG_NOT_LOADED("What was assessed is not what runs."),
    RUNS_AS_ROOT("A fault in the broker would give an attacker the whole machine.");

    private final String why;

    Check(String why) {
        this.why = why;
    }

    /** As {@code audit.ignore} and the tables have it, such as {@code plain-listener}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Why it matters, in one sentence. */
    public String why() {
        return why;
    }
}
