package io.dunlin.protocol.packet;

/** A name and a value that the application chose; the same name may occur several times (2.2.2.2). */
public record UserProperty(String name, String value) {}
