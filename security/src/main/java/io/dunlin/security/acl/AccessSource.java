package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Principal;

/**
 * One place where rights are looked up: a list of rules, a Mosquitto ACL file, a service. The chain asks one after the other until one
 * has an opinion. Called on shards: must not block.
 */
public interface AccessSource {
    /** As the configuration calls it, such as {@code rules} or {@code acl-file}. */
    String name();

    /** @param topic as {@link io.dunlin.broker.port.Authorizer#authorize} has it */
    Opinion ask(Principal principal, Action action, String topic);
}
