package io.dunlin.security.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Filter;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EscapesTest {
    private static final String ALPHABET = "ab*()\\,=+<>;\"# \0\n/|&!~é\u0416";

    @Test
    void aValueStaysTheValueThatItIs() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = 1 + random.nextInt(8);
            for (int k = 0; k < length; k++) {
                text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            }
            String value = text.toString();
            Filter filter = Filter.create("(&(uid=" + Escapes.inFilter(value) + ")(active=yes))");
            assertThat(filter.getComponents()).as("seed %d, %s", seed, value).hasSize(2);
            assertThat(filter.getComponents()[0].getFilterType()).isEqualTo(Filter.FILTER_TYPE_EQUALITY);
            assertThat(filter.getComponents()[0].getAssertionValue())
                    .as("seed %d", seed)
                    .isEqualTo(value);
            DN name = new DN("uid=" + Escapes.inName(value) + ",ou=people,dc=example");
            assertThat(name.getRDNs()).as("seed %d, %s", seed, value).hasSize(3);
            assertThat(name.getRDN().getAttributeValues()).as("seed %d", seed).containsExactly(value);
        }
    }

    @Test
    void fillsTemplates() {
        Template template =
                new Template("x", "(&(a=${username})(b=${clientid})(c=${username}))", known(), Escapes::inFilter);
        assertThat(template.with(Map.of("username", "*", "clientid", "${username}")))
                .isEqualTo("(&(a=\\2a)(b=${username})(c=\\2a))");
        assertThatThrownBy(() -> new Template("ldap.filter", "(a=${user})", known(), Escapes::inFilter))
                .hasMessage("ldap.filter has ${user}: expected is ${clientid} or ${username}");
    }

    @Test
    void namesOfGroupsAreTheirFirstPart() {
        GroupNames names = new GroupNames(new LdapSettings.Groups(
                java.util.Optional.empty(),
                java.util.Optional.of("ou=groups,dc=example"),
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                Map.of("CN=Ops, OU=Groups, DC=example", List.of("operator"), "guests", List.of("reader"))));
        Set<String> roles = new java.util.HashSet<>();
        assertThat(names.of(
                        List.of(
                                "cn=ops,ou=groups,dc=example",
                                "cn=guests,ou=x,ou=groups,dc=example",
                                "cn=ops,ou=people,dc=example",
                                "guests"),
                        roles))
                .containsExactlyInAnyOrder("ops", "guests");
        assertThat(roles).containsExactlyInAnyOrder("operator", "reader");
    }

    private static Set<String> known() {
        return Set.of("username", "clientid");
    }
}
