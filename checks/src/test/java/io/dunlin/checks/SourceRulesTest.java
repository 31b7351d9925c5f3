package io.dunlin.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SourceRulesTest {
    private static final List<JavaSource> SOURCES = Repository.sources();
    private static final SyntaxTrees TREES = SyntaxTrees.of(SOURCES);

    @Test
    void theRepositoryIsSeen() {
        assertThat(SOURCES).hasSizeGreaterThan(50);
        assertThat(TREES.methods()).hasSizeGreaterThan(200);
        assertThat(TREES.publicTypes()).extracting(SyntaxTrees.PublicType::name).contains("Publish", "TopicTree");
    }

    @Test
    void filesAreShort() {
        assertThat(SourceRules.longFiles(SOURCES)).isEmpty();
    }

    @Test
    void aLongFileIsFound() {
        var lines = "// line\n".repeat(SourceRules.FILE_LINES_MAX);
        assertThat(SourceRules.longFiles(List.of(JavaSource.sample(lines)))).isEmpty();
        assertThat(SourceRules.longFiles(List.of(JavaSource.sample(lines + "// one more\n"))))
                .hasSize(1);
    }

    @Test
    void methodsAreShort() {
        assertThat(SourceRules.longMethods(TREES)).isEmpty();
    }

    @Test
    void aLongMethodIsFound() {
        assertThat(SourceRules.longMethods(treesOfMethodWith(SourceRules.METHOD_LINES_MAX)))
                .isEmpty();
        assertThat(SourceRules.longMethods(treesOfMethodWith(SourceRules.METHOD_LINES_MAX + 1)))
                .singleElement()
                .asString()
                .contains("long_ has 71 lines");
    }

    private static SyntaxTrees treesOfMethodWith(int lines) {
        var body = "        int a = 0;\n".repeat(lines - 2);
        return SyntaxTrees.of(List.of(JavaSource.sample("class Sample {\n    void long_() {\n" + body + "    }\n}\n")));
    }

    @Test
    void publicTypesAreDocumented() {
        assertThat(SourceRules.undocumented(TREES)).isEmpty();
    }

    @Test
    void anUndocumentedPublicTypeIsFound() {
        var trees = SyntaxTrees.of(List.of(JavaSource.sample("""
                /** Said. */
                public interface Sample {
                    record Part(int size) {}
                    /** Said. */
                    enum Kind { ONE }
                }
                class Hidden { public record Inner(int size) {} }
                """)));
        assertThat(SourceRules.undocumented(trees)).singleElement().asString().contains("Part");
    }

    @Test
    void nothingIsUnfinishedOrDisabled() {
        assertThat(SourceRules.marks(SOURCES)).isEmpty();
    }

    @Test
    void marksAreFound() {
        var text = "// TO" + "DO later\n@Dis" + "abled\nvoid test() {}\n";
        assertThat(SourceRules.marks(List.of(JavaSource.sample(text)))).hasSize(2);
    }

    @Test
    void codeIsTextWithoutCommentsAndLiterals() {
        var code =
                JavaSource.sample("""
                a("x // \\" y", '"'); // b
                /* c
                 */ d
                """ + "e(\"\"\"\n  f \\\"\"\" g\n\"\"\") h").code();
        assertThat(code.replaceAll("\\s+", " ")).isEqualTo("a( , ); d e( ) h");
        assertThat(code.lines()).hasSize(6);
    }
}
