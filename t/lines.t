#!/usr/bin/perl

# The width of lines (src/make/lines.pl): ours are right, and lines that are too wide are found.

use v5.36;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
my $script = $t->root . '/src/make/lines.pl';

my $ours = $t->run([ $script, $t->root ]);
is $ours->{out} . $ours->{err}, '', 'our files: no fault';
is $ours->{exit}, 0, 'our files: exit';

# checked(FILE => TEXT...): exit code and output for a tree of these files
my $trees = 0;
sub checked (%files) {
    my $name = 'tree' . ++$trees;
    for my $file (keys %files) {
        my $text = $files{$file};
        utf8::encode($text);
        $t->write("$name/$file", $text);
    }
    my $result = $t->run([ $script, $t->file($name) ]);
    return "$result->{exit} $result->{out}$result->{err}";
}

# A line of Perl and shell of that width, and one that is a literal alone.
sub wide ($columns) { return 'f(1); ' . 'x' x ($columns - 7) . ";\n" }
sub literal ($columns) { return "    '" . 'x' x ($columns - 7) . "',\n" }

# --- code
for my $file (qw(t/a.t t/lib/A.pm src/make/a.pl src/make/a.sh src/store/lua/a.lua)) {
    is checked($file => wide(110)), '0 ', "$file: 110 columns";
    is checked($file => "#\n" . wide(111)), "1 $file:2: 111 columns, at most 110\n", "$file: 111 columns";
}
is checked('t/a.t' => '# ' . 'é' x 108 . "\n"), '0 ', 'columns are characters';
is checked('t/a.t' => '# ' . 'é' x 109 . "\n"), "1 t/a.t:1: 111 columns, at most 110\n", 'in comments, too';
is checked('t/a.t' => wide(111), 'src/a.sh' => wide(150)),
    "1 src/a.sh:1: 150 columns, at most 110\nt/a.t:1: 111 columns, at most 110\n", 'each fault is printed';
is checked('t/a.t' => '', 'src/a.cpp' => wide(200), 't/a.json' => wide(200), 't/unit/a.hpp' => wide(200)),
    '0 ', 'C++ and data: not judged here';

# --- literals and here-docs
my %alone = (
    'a string' => "    '" . 'a b ' x 20 . "%s'\n",
    'an interpolated one' => '    "' . 'a b ' x 20 . "%s\\\" b\",\n",
    'a later part' => "        . '" . 'a b ' x 20 . "%s');\n",
    'a pattern' => '    qr/' . 'a b ' x 20 . "%s\\/b/i,\n",
    'a pattern in braces' => '    qr{' . 'a b ' x 20 . "%s[0-9]{8}},\n",
);
for my $what (sort keys %alone) {
    my $room = 131 - length sprintf $alone{$what}, '';
    is checked('t/a.t' => sprintf $alone{$what}, 'x' x $room), '0 ', "$what alone: 130 columns";
    is checked('t/a.t' => sprintf $alone{$what}, 'x' x ($room + 1)), "1 t/a.t:1: 131 columns, at most 130\n",
        "$what alone: 131 columns";
}
for my $line ("    is 'x', '%s',\n", "    my \$x = '%s';\n", "    return '%s';\n", "    'x', '%s',\n",
    "    # '%s'\n", "    qw(%s)\n", "    f('%s');\n", "    qr/x/, qr/%s/,\n")
{
    my $room = 112 - length sprintf $line, '';
    is checked('t/a.t' => sprintf $line, 'x' x $room), "1 t/a.t:1: 111 columns, at most 110\n",
        "not a literal alone: $line" =~ tr/\n//dr;
}
for my $begin ("f(<<'EOT');\n", "f(<<\"EOT\", 1);\n", "f(<<EOT);\n", "    f(<<~EOT);\n") {
    is checked('t/a.t' => $begin . wide(130) . "EOT\n"), '0 ', "130 columns after $begin" =~ tr/\n//dr;
    is checked('t/a.t' => $begin . wide(131) . "EOT\n"), "1 t/a.t:2: 131 columns, at most 130\n",
        "131 columns after $begin" =~ tr/\n//dr;
    is checked('t/a.t' => "${begin}EOT\n" . wide(111)), "1 t/a.t:3: 111 columns, at most 110\n",
        'and 110 when it has ended';
}
is checked('t/a.t' => "f(<<'A', <<'B');\nA\n" . wide(130) . "B\n" . wide(111)),
    "1 t/a.t:5: 111 columns, at most 110\n", 'two here-docs of a line';
is checked('src/a.sh' => "cat << END\n" . wide(130) . "END\n" . wide(111)),
    "1 src/a.sh:4: 111 columns, at most 110\n", 'a here-doc of a shell';
is checked('src/a.sh' => "cat <<< END\n" . wide(111)), "1 src/a.sh:2: 111 columns, at most 110\n",
    'a here-string is none';
is checked('t/a.t' => "\$x = 1 << N;\n" . wide(111)), "1 t/a.t:2: 111 columns, at most 110\n",
    'neither is a shift';
is checked('t/a.t' => "# <<'EOT'\n" . wide(111)), "1 t/a.t:2: 111 columns, at most 110\n",
    'nor what a comment says';

# --- pages
my $long = 'word ' x 25 . 'is wide';
for my $page ('README.md', 'docs/a.md', 'docs/recipes/a.md', 't/lib/README.md') {
    is checked($page => substr($long, 0, 130) . "\n"), '0 ', "$page: 130 columns";
    is checked($page => substr($long, 0, 131) . "\n"), "1 $page:1: 131 columns, at most 130\n",
        "$page: 131 columns";
}
is checked('docs/a.md' => "$_\n"), '0 ', 'not judged: ' . substr(tr/\n/ /r, 0, 20)
    for "| $long |", "  | $long |", 'https://example.com/' . 'x' x 130, '- https://example.com/' . 'x' x 130,
    "```sh\n$long\n```", "  ```\n$long\n  ```", "````\n```\n$long\n````";
is checked('docs/a.md' => "```\n$long\n```\n$long\n"), "1 docs/a.md:4: 132 columns, at most 130\n",
    'after a code block';
is checked('docs/a.md' => "- $long\n"), "1 docs/a.md:1: 134 columns, at most 130\n", 'an item of a list';

like checked('other/a.t' => wide(111)), qr/^\d+ no sources$/m, 'a folder without sources';

done_testing;
