package io.dunlin.broker.admin;

/** Why a client got a message or not: one cause, or the outcome. */
public enum Reason {
    DELIVERED("nothing is wrong: look at the client where it says that it got nothing"),
    IN_FLIGHT("the client has to acknowledge it: look there, or kick it so that it comes again"),
    QUEUED("the client has to connect, or to acknowledge what it was sent before"),
    NOT_SUBSCRIBED("let the client subscribe to a filter that matches the topic; upper and lower case differ"),
    SUBSCRIBED_LATER(
            "publish again, or publish with retain: a subscription brings what is published from then on, and what is retained"),
    NO_SESSION(
            "connect the client with this client id; to get what is published while it is away, connect with a session expiry above 0"
                    + " (MQTT 5) or without a clean session, subscribe at QoS 1 or 2, and publish at QoS 1 or 2"),
    AWAY("publish at QoS 1 or 2 and subscribe at QoS 1 or 2: messages of QoS 0 do not wait for a client that is away"),
    RECEIVE_DENIED("allow the client to receive the topic: dunlin clients explain CLIENT receive TOPIC names the rule"),
    PUBLISH_DENIED("allow the publisher to publish there: dunlin clients explain CLIENT publish TOPIC names the rule"),
    PUBLISH_REFUSED("see to what the reason says at the publisher"),
    EXPIRED("publish with a longer message expiry, or find out why the client took so long to take it"),
    NO_LOCAL("subscribe without No Local, if the client is to get its own messages"),
    QUEUE_FULL(
            "let the client read faster or connect more often, or raise mqtt.max-queued-messages or mqtt.max-queued-bytes"),
    SOCKET_FULL("let the client read faster; QoS 1 and 2 would wait for it"),
    TOO_LARGE("let the client connect with a larger maximum packet size, or publish smaller messages"),
    SHARED_GROUP("this is what a shared subscription is for: subscribe without $share to get every message"),
    NOTHING_PUBLISHED("look at the publisher: is it connected, and is this the very topic, letter by letter?"),
    /** Not a cause, but what was published. */
    PUBLISHED("nothing: this is what was published"),
    UNCLEAR("publish the message again, and ask again at once");

    private final String advice;

    Reason(String advice) {
        this.advice = advice;
    }

    /** What to do about it, in one sentence. */
    public String advice() {
        return advice;
    }
}
