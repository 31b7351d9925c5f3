package io.dunlin.conformance;

import io.dunlin.conformance.Conversation.Places;
import io.dunlin.conformance.SocketVenue.Transport;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.testkit.MemoryVenue;
import io.dunlin.testkit.Venue;
import io.dunlin.testkit.World;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs a {@link Conversation} in each of its places and versions, and closes its world after it. */
final class ConversationExtension implements TestTemplateInvocationContextProvider {
    /** The seed of the places that draw; {@code -Ddunlin.seed=n} gives another run. */
    static final long SEED = Long.getLong("dunlin.seed", 1);

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Method method = context.getRequiredTestMethod();
        Places places = method.getAnnotation(Conversation.class).value();
        boolean versioned = Arrays.asList(method.getParameterTypes()).contains(ProtocolVersion.class);
        List<ProtocolVersion> versions = versioned ? List.of(ProtocolVersion.values()) : List.of(ProtocolVersion.V5);
        List<TestTemplateInvocationContext> runs = new ArrayList<>();
        venues(places)
                .forEach((name, venue) -> versions.forEach(
                        version -> runs.add(new Run(versioned ? name + ", " + version : name, venue, version))));
        return runs.stream();
    }

    private static Map<String, Supplier<Venue>> venues(Places places) {
        Map<String, Supplier<Venue>> venues = new LinkedHashMap<>();
        venues.put("memory", () -> MemoryVenue.plain(2));
        venues.put("memory, seed " + SEED, () -> MemoryVenue.seeded(3, SEED));
        if (places != Places.MEMORY) {
            venues.put("TCP", () -> new SocketVenue(Transport.TCP));
        }
        if (places == Places.EVERYWHERE) {
            for (Transport transport : List.of(Transport.TLS, Transport.WS, Transport.WSS)) {
                venues.put(transport.name(), () -> new SocketVenue(transport));
            }
        }
        return venues;
    }

    private record Run(String name, Supplier<Venue> venue, ProtocolVersion version)
            implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return name;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new Stage(venue, version));
        }
    }

    /** One run of one test. */
    private static final class Stage implements ParameterResolver, AfterEachCallback {
        private final Supplier<Venue> venue;
        private final ProtocolVersion version;
        private final List<World> worlds = new ArrayList<>();

        Stage(Supplier<Venue> venue, ProtocolVersion version) {
            this.venue = venue;
            this.version = version;
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> type = parameter.getParameter().getType();
            return type == World.class || type == ProtocolVersion.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            if (parameter.getParameter().getType() == ProtocolVersion.class) {
                return version;
            }
            World world = new World(venue.get());
            worlds.add(world);
            return world;
        }

        @Override
        public void afterEach(ExtensionContext context) {
            worlds.forEach(World::close);
        }
    }
}
