package io.dunlin.client;

/** When a client that connects anew subscribes again to what it was subscribed to. */
public enum Resubscribe {
    /** When the server says that it has no session any more (session present is 0), the default. */
    IF_SESSION_LOST,
    /** With each connection; retained messages may come again then. */
    ALWAYS,
    /** The application does it. */
    NEVER
}
