package io.dunlin.server;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code dunlin roles}: the roles that a running broker keeps itself, with their rules. */
@Command(
        name = "roles",
        description = "Roles that a running broker keeps, each an ordered list of rules such as 'allow publish a/#'.",
        synopsisSubcommandLabel = "(list | create | delete | add | remove)",
        subcommands = {
            RolesCommand.Listing.class,
            RolesCommand.Create.class,
            RolesCommand.Delete.class,
            RolesCommand.Add.class,
            RolesCommand.Remove.class
        })
final class RolesCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.incomplete(spec, "dunlin roles list, create, delete, add or remove");
    }

    /** One that changes a role. */
    abstract static class OfRole extends Administers {
        @Parameters(index = "0", paramLabel = "ROLE", description = "The role.")
        private String role = "";

        /** Has it done, and says so. */
        int change(String command, Map<String, Object> more, String done) {
            Map<String, Object> arguments = new HashMap<>(more);
            arguments.put("role", role);
            ask(command, arguments)
                    .ifPresent(answer -> out().println("OK: role " + TextTable.clean(role) + " " + done));
            return Main.OK;
        }
    }

    /** {@code dunlin roles list}. */
    @Command(name = "list", description = "Lists the roles with their rules.")
    static final class Listing extends Administers {
        @Override
        int run() {
            ask("roles.list", Map.of()).ifPresent(roles -> {
                TextTable table = new TextTable("ROLE", "RULE", "");
                for (JsonNode role : roles) {
                    int number = 0;
                    for (JsonNode rule : role.path("rules")) {
                        number++;
                        table.row(role.path("name").asString(), number, rule.asString());
                    }
                    if (number == 0) {
                        table.row(role.path("name").asString(), "", "no rules");
                    }
                }
                print(table, "There are no roles.");
            });
            return Main.OK;
        }
    }

    /** {@code dunlin roles create}. */
    @Command(name = "create", description = "Creates a role.")
    static final class Create extends OfRole {
        @Parameters(
                index = "1..*",
                paramLabel = "RULE",
                description = "Its rules in their order, such as 'allow publish a/#'.")
        private List<String> rules = List.of();

        @Override
        int run() {
            return change("roles.create", Map.of("rules", rules), "is created");
        }
    }

    /** {@code dunlin roles delete}. */
    @Command(name = "delete", description = "Deletes a role that nobody has.")
    static final class Delete extends OfRole {
        @Override
        int run() {
            return change("roles.delete", Map.of(), "is deleted");
        }
    }

    /** {@code dunlin roles add}. */
    @Command(name = "add", description = "Adds a rule to a role.")
    static final class Add extends OfRole {
        @Parameters(index = "1", paramLabel = "RULE", description = "The rule, such as 'deny all secret/#'.")
        private String rule = "";

        @Option(names = "--at", paramLabel = "N", description = "Its place, from 1; without it, the end.")
        private int at = Integer.MAX_VALUE;

        @Override
        int run() {
            Numbers.atLeast(1, at, "place of a rule", spec());
            return change("roles.add", Map.of("rule", rule, "at", at), "has the rule");
        }
    }

    /** {@code dunlin roles remove}. */
    @Command(name = "remove", description = "Removes a rule from a role.")
    static final class Remove extends OfRole {
        @Parameters(
                index = "1",
                paramLabel = "N",
                description = "The number of the rule, from 1, as 'dunlin roles list' says it.")
        private int at;

        @Override
        int run() {
            return change("roles.remove", Map.of("at", at), "no longer has the rule");
        }
    }
}
