package io.dunlin.client;

/** The answer did not come within the time that the options allow. What was asked may have happened all the same. */
public final class TimedOut extends MqttException {
    private static final long serialVersionUID = 1;

    TimedOut(String message) {
        super(message, null);
    }
}
