package io.dunlin.cli.connect;

import io.dunlin.cli.args.UsageException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.List;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;

/** -S: which host and port the DNS names for MQTT in a domain. */
final class SrvLookup {
    private final String provider;

    /** @param provider {@code dns:} for the servers of this machine, or dns://host:port */
    SrvLookup(String provider) {
        this.provider = provider;
    }

    /** What a record names. The lowest priority comes first, then the greatest weight. */
    record Target(String host, int port, int priority, int weight) {}

    /** @throws UsageException where there is none */
    Target find(String domain, boolean tls) {
        String name = (tls ? "_secure-mqtt._tcp." : "_mqtt._tcp.") + domain;
        List<Target> targets = targets(name);
        if (targets.isEmpty()) {
            throw new UsageException("The DNS has no SRV record " + name + ": give the broker with -h and -p.");
        }
        return targets.get(0);
    }

    @SuppressWarnings({"BanJNDI", "JdkObsolete"}) // the DNS gives texts, never objects; JNDI takes a Hashtable alone
    private List<Target> targets(String name) {
        Hashtable<String, String> settings = new Hashtable<>();
        settings.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        settings.put(Context.PROVIDER_URL, provider);
        List<Target> targets = new ArrayList<>();
        try {
            InitialDirContext dns = new InitialDirContext(settings);
            Attribute records = dns.getAttributes(name, new String[] {"SRV"}).get("SRV");
            for (int i = 0; records != null && i < records.size(); i++) {
                String[] words = records.get(i).toString().split(" ");
                String host = words[3].endsWith(".") ? words[3].substring(0, words[3].length() - 1) : words[3];
                targets.add(new Target(
                        host, Integer.parseInt(words[2]), Integer.parseInt(words[0]), Integer.parseInt(words[1])));
            }
            dns.close();
        } catch (NameNotFoundException e) {
            return List.of();
        } catch (NamingException e) {
            throw new UsageException("The DNS does not answer for " + name + ": give the broker with -h and -p.");
        }
        targets.sort(
                Comparator.comparingInt(Target::priority).thenComparing(Target::weight, Comparator.reverseOrder()));
        return targets;
    }
}
