#!/usr/bin/perl

# lines.pl [FOLDER]: checks the width of lines. Perl, shell and Lua below src and t: 110 columns; 130 in
# here-docs, and where a line is a single literal (a string, a pattern, a word list), which cannot be wrapped.
# Markdown: 130, but not in tables and code blocks, and a word alone (a URL) may be longer. C++ is
# clang-format's. Prints each line that is too wide; exit 1 when there is one.

use v5.36;
use utf8;
use open qw(:std :encoding(UTF-8));
use File::Find qw(find);

my ($code, $wide) = (110, 130);

# A literal, with what may stand before and after it: an operator, `return`, brackets, separators.
my $quoted = qr/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/;
my $delimited = qr/(?:qw|qq|qr|q|m|s)?(?:\{.*\}|\(.*\)|\/.*\/|\[.*\])[a-z]*/;
my $lone = qr/^\s*(?:\. |return |or |and )?(?:$quoted|$delimited)[\s,;.)}\]]*$/;
my $here_doc = qr/<<~?(?:\s*(["'])(\w+)\1|([A-Z]\w*)|-?\s*([A-Z]+)\b)/;

# Returns a function that gives the limit of each line of a program in turn.
sub limits_of_code () {
    my @ends;
    return sub ($line) {
        if (@ends) {
            shift @ends if $line =~ /^\s*\Q$ends[0]\E$/;
            return $wide;
        }
        return $code if $line =~ /^\s*#/;
        push @ends, $2 // $3 // $4 while $line =~ /$here_doc/g;
        return $line =~ $lone ? $wide : $code;
    };
}

# The same for Markdown; undef: no limit.
sub limits_of_markdown () {
    my $block;
    return sub ($line) {
        if ($line =~ /^\s*(```+|~~~+)/ && (!defined $block || $1 eq $block)) {
            $block = defined $block ? undef : $1;
            return;
        }
        return defined $block || $line =~ /^\s*(?:[-*]\s+)?(?:\||\S+$)/ ? undef : $wide;
    };
}

chdir($ARGV[0] // '.') or die "$ARGV[0]: $!\n";
my @files = grep { -e } 'README.md';
find({
    no_chdir => 1,
    wanted => sub { push @files, $_ if m{^(?:src|t)/.*\.(?:t|p[lm]|sh|lua)$|\.md$} && -f }
}, grep { -d } qw(src t docs));
die "no sources\n" if !@files;

my $faults = 0;
for my $path (sort @files) {
    my $limit_of = $path =~ /\.md$/ ? limits_of_markdown() : limits_of_code();
    open my $in, '<', $path or die "$path: $!\n";
    while (my $line = <$in>) {
        chomp $line;
        my $limit = $limit_of->($line) // next;
        next if length $line <= $limit;
        say "$path:$.: ", length $line, " columns, at most $limit";
        $faults++;
    }
}
exit !!$faults;
