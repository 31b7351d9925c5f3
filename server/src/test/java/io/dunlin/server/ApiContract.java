package io.dunlin.server;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.DisallowUnknownKeywordFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The contract of the HTTP API, which answers are held against. */
final class ApiContract {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final JsonNode document;
    /** A keyword that it does not know would say nothing. */
    private final SchemaRegistry schemas = SchemaRegistry.withDefaultDialect(Dialect.builder(Dialects.getOpenApi31())
            .unknownKeywordFactory(DisallowUnknownKeywordFactory.getInstance())
            .build());

    ApiContract(String yaml) {
        String json = JSON.writeValueAsString(new Load(LoadSettings.builder().build()).loadFromString(yaml));
        document = JSON.readTree(json.replace("#/components/schemas/", "#/$defs/"));
    }

    /** The templates of the paths that can be asked for. */
    Set<String> gets() {
        Set<String> all = new TreeSet<>();
        document.path("paths").properties().forEach(path -> {
            if (path.getValue().has("get")) {
                all.add(path.getKey());
            }
        });
        return all;
    }

    /** Whether its answer is more than a file. */
    boolean hasSchema(String template) {
        return !schema("GET", template, 200).isMissingNode();
    }

    /** The template of a path, one without variables first. */
    String template(String path) {
        String plain = path.replaceAll("\\?.*", "");
        return document.path("paths").propertyNames().stream()
                .filter(template -> plain.matches(template.replace(".", "\\.")
                        .replaceAll("\\{[a-z_]+}", "[^/]+")
                        .replace("{", "\\{")))
                .min((a, b) -> Long.compare(variables(a), variables(b)))
                .orElseThrow(() -> new AssertionError("the contract has no " + path));
    }

    private static long variables(String template) {
        return template.chars().filter(it -> it == '{').count();
    }

    /** What is wrong with an answer. */
    List<String> problems(String method, String template, int status, JsonNode answer) {
        JsonNode schema = schema(method, template, status);
        return schema.isMissingNode()
                ? List.of("the contract has no schema for " + method + " " + template + " " + status)
                : problems(schema, answer);
    }

    /** What is wrong with the examples of the contract itself. */
    List<String> problemsOfExamples() {
        List<String> all = new ArrayList<>();
        document.path("components").path("schemas").properties().forEach(schema -> {
            if (schema.getValue().has("example")) {
                problems(schema.getValue(), schema.getValue().path("example"))
                        .forEach(problem -> all.add(schema.getKey() + problem));
            }
        });
        return all;
    }

    private List<String> problems(JsonNode schema, JsonNode answer) {
        ObjectNode whole = (ObjectNode) schema.deepCopy();
        whole.set("$defs", document.path("components").path("schemas"));
        Schema compiled = schemas.getSchema(whole);
        return compiled
                .validate(answer, context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
                .toList();
    }

    private JsonNode schema(String method, String template, int status) {
        JsonNode answers = document.path("paths")
                .path(template)
                .path(method.toLowerCase(Locale.ROOT))
                .path("responses");
        JsonNode answer = answers.path(answers.has(String.valueOf(status)) ? String.valueOf(status) : "default");
        if (answer.has("$ref")) {
            answer = document.at(answer.path("$ref").asString().substring(1));
        }
        return answer.path("content").path("application/json").path("schema");
    }
}
