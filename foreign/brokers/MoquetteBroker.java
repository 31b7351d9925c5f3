import io.moquette.broker.Server;
import java.util.Properties;

/** Moquette on 127.0.0.1: {@code MoquetteBroker PORT FOLDER}. Ends with its process. */
public final class MoquetteBroker {
    private MoquetteBroker() {}

    public static void main(String[] args) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("host", "127.0.0.1");
        properties.setProperty("port", args[0]);
        properties.setProperty("allow_anonymous", "true");
        properties.setProperty("data_path", args[1]);
        properties.setProperty("persistence_enabled", "false");
        properties.setProperty("telemetry_enabled", "false");
        properties.setProperty("netty.mqtt.message_size", "4000000");
        new Server().startServer(properties);
    }
}
