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

/** {@code dunlin groups}: the groups that a running broker keeps itself. */
@Command(
        name = "groups",
        description = "Groups of users that a running broker keeps: their members have their roles.",
        synopsisSubcommandLabel = "(list | create | delete | grant | revoke)",
        subcommands = {
            GroupsCommand.Listing.class,
            GroupsCommand.Create.class,
            GroupsCommand.Delete.class,
            GroupsCommand.Grant.class,
            GroupsCommand.Revoke.class
        })
final class GroupsCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.incomplete(spec, "dunlin groups list, create, delete, grant or revoke");
    }

    /** One that changes a group. */
    abstract static class OfGroup extends Administers {
        @Parameters(index = "0", paramLabel = "GROUP", description = "The group.")
        private String group = "";

        /** Has it done, and says so. */
        int change(String command, Map<String, Object> more, String done) {
            Map<String, Object> arguments = new HashMap<>(more);
            arguments.put("group", group);
            ask(command, arguments)
                    .ifPresent(answer -> out().println("OK: group " + TextTable.clean(group) + " " + done));
            return Main.OK;
        }
    }

    /** {@code dunlin groups list}. */
    @Command(name = "list", description = "Lists the groups.")
    static final class Listing extends Administers {
        @Override
        int run() {
            ask("groups.list", Map.of()).ifPresent(groups -> {
                TextTable table = new TextTable("GROUP", "ROLES");
                for (JsonNode group : groups) {
                    table.row(group.path("name").asString(), UsersCommand.joined(group.path("roles")));
                }
                print(table, "There are no groups.");
            });
            return Main.OK;
        }
    }

    /** {@code dunlin groups create}. */
    @Command(name = "create", description = "Creates a group.")
    static final class Create extends OfGroup {
        @Option(
                names = {"-r", "--role"},
                paramLabel = "ROLE",
                description = "A role of its members (repeatable).")
        private List<String> roles = List.of();

        @Override
        int run() {
            return change("groups.create", Map.of("roles", roles), "is created");
        }
    }

    /** {@code dunlin groups delete}. */
    @Command(name = "delete", description = "Deletes a group that has no members.")
    static final class Delete extends OfGroup {
        @Override
        int run() {
            return change("groups.delete", Map.of(), "is deleted");
        }
    }

    /** {@code dunlin groups grant}. */
    @Command(name = "grant", description = "Gives the members of a group a role.")
    static final class Grant extends OfGroup {
        @Parameters(index = "1", paramLabel = "ROLE", description = "The role.")
        private String role = "";

        @Override
        int run() {
            return change("groups.grant", Map.of("role", role), "has role " + TextTable.clean(role));
        }
    }

    /** {@code dunlin groups revoke}. */
    @Command(name = "revoke", description = "Takes a role from the members of a group.")
    static final class Revoke extends OfGroup {
        @Parameters(index = "1", paramLabel = "ROLE", description = "The role.")
        private String role = "";

        @Override
        int run() {
            return change("groups.revoke", Map.of("role", role), "no longer has role " + TextTable.clean(role));
        }
    }
}
