package io.dunlin.client;

/**
 * A way to log in with messages to and fro (4.12, MQTT 5), beside or instead of name and password in CONNECT. Given to
 * {@link ClientBuilder#authentication}; used by many connections one after the other.
 */
public interface Authentication {
    /** The Authentication Method as the server knows it, for instance {@code SCRAM-SHA-256}. */
    String method();

    /** A new login: for each connection, and for each {@link MqttClient#reauthenticate}. */
    Exchange start();

    /** One login. One call at a time, from threads of the client that may wait. */
    interface Exchange {
        /** The Authentication Data that the client begins with, in CONNECT or AUTH; empty for none. */
        byte[] first();

        /**
         * The answer to what the server asks.
         *
         * @throws AuthenticationFailed where the server is not to be trusted; the connection ends with it
         */
        byte[] answer(byte[] challenge);

        /**
         * The server accepts; the last chance to check that it is the right one.
         *
         * @param data what came with its CONNACK or AUTH; empty for nothing
         * @throws AuthenticationFailed where the server is not to be trusted; the connection ends with it
         */
        void finish(byte[] data);
    }

    /**
     * SCRAM-SHA-256 (RFC 5802, RFC 7677): the password never travels, and the server has to prove that it knows it too. Name
     * and password are prepared with SASLprep. Channel binding is not used.
     *
     * @throws IllegalArgumentException where the name is empty or has characters that SASLprep refuses
     */
    static Authentication scramSha256(String user, SecretSource secret) {
        return new ScramSha256(user, secret);
    }
}
