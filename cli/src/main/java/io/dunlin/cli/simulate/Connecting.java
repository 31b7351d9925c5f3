package io.dunlin.cli.simulate;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.Opt;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.connect.ConnectArgs;
import io.dunlin.cli.connect.ConnectOptions;
import io.dunlin.cli.connect.PropertyArgs;
import io.dunlin.client.ClientBuilder;
import io.dunlin.client.MqttClient;
import io.dunlin.client.MqttException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The options of a connection that all devices share: where the broker is, TLS, credentials. Client ids, sessions and wills
 * are the scenario's.
 */
final class Connecting {
    private static final Set<Opt.Section> SHARED =
            EnumSet.of(Opt.Section.CONNECTION, Opt.Section.TLS, Opt.Section.OTHER);
    /** The scenario says these. */
    private static final Set<String> NOT_SHARED = Set.of("-V", "-k", "-d");

    private final ConnectArgs connect;

    Connecting(Args args, Terminal terminal) {
        List<Opt> all = new ArrayList<>();
        ConnectOptions.addTo(all);
        List<String> words = new ArrayList<>();
        for (Opt opt : all) {
            if (isShared(opt)) {
                for (String value : args.list(opt.firstName())) {
                    words.add(opt.firstName());
                    if (opt.kind() != Opt.Kind.FLAG) {
                        words.add(value);
                    }
                }
            }
        }
        this.connect =
                new ConnectArgs(Args.parse("simulate", all, words, 0), terminal, PropertyArgs.Target.CONNECT, true);
    }

    static void addTo(List<Opt> options) {
        List<Opt> all = new ArrayList<>();
        ConnectOptions.addTo(all);
        all.stream().filter(Connecting::isShared).forEach(options::add);
    }

    private static boolean isShared(Opt opt) {
        return SHARED.contains(opt.section()) && !NOT_SHARED.contains(opt.firstName());
    }

    ClientBuilder client() {
        return connect.client();
    }

    /** Connects once, so that what is wrong is said now and once. @throws CommandFailed where the broker is not to be had */
    void probe() {
        try (MqttClient client = client().build()) {
            client.connect();
        } catch (MqttException e) {
            throw connect.failed(e);
        }
    }
}
