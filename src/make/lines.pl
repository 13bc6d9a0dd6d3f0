#!/usr/bin/perl

# lines.pl [FOLDER]: checks the width of lines below src, t and docs. Perl, shell and Lua: 110 columns; 130 in
# here-docs and where a line is one literal (a string or a pattern), which cannot be wrapped. Markdown: 130,
# except in tables and code blocks; one word (a URL) may be longer. clang-format judges C++. Prints each line
# that is too wide; exit 1 if there is one.

use v5.36;
use utf8;
use open qw(:std :encoding(UTF-8));
use File::Find qw(find);

my ($code, $wide) = (110, 130);

# One literal; before it an operator, after it separators and closing brackets.
my $quoted = qr/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/;
my $in_braces = qr/\{(?:[^{}]|\{[^{}]*\})*\}/;
my $in_parentheses = qr/\((?:[^()]|\([^()]*\))*\)/;
my $in_slashes = qr/\/(?:[^\/\\]|\\.)*\//;
my $pattern = qr/(?:qq|qr|q|m)(?:$in_braces|$in_parentheses|$in_slashes)[a-z]*/;
my $lone = qr/^\s*(?:\. )?(?:$quoted|$pattern)[\s,;)}\]]*$/;
# The beginning of a here-doc. Only a shell takes a blank before its name, in Perl that is a shift.
my %here_doc = (perl => qr/(?<!<)<<~?(["']?)([A-Z]\w*)\1/, shell => qr/(?<!<)<<-?\s*(["']?)([A-Z]\w*)\1/);

# Returns a function that gives the limit of each line of a program in turn.
sub limits_of_code ($language) {
    my @ends;
    return sub ($line) {
        if (@ends) {
            shift @ends if $line =~ /^\s*\Q$ends[0]\E$/;
            return $wide;
        }
        return $code if $line =~ /^\s*#/;
        push @ends, $2 while $line =~ /$here_doc{$language}/g;
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
    my $limit_of =
        $path =~ /\.md$/ ? limits_of_markdown() : limits_of_code($path =~ /\.sh$/ ? 'shell' : 'perl');
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
