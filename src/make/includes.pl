#!/usr/bin/perl

# includes.pl [FOLDER]: checks the direction of the includes below FOLDER/src. A layer includes only what is
# below it, and so does a part of a layer that has parts; libraries stay in the layers that may know them; no
# folders and no components (a header and its source) include each other in a circle. Prints each fault;
# exit 1 when there is one.

use v5.36;
use File::Find qw(find);

# What a layer may include; itself always.
my %below = (
    base      => [],
    event     => [qw(base)],
    signature => [qw(base event)],
    store     => [qw(base event signature)],
    module    => [qw(base event signature store)],
    endpoint  => [qw(base event signature store)],
    link      => [qw(base event signature store endpoint)],
    worker    => [qw(base event signature store endpoint link)],
    admin     => [qw(base event signature store endpoint link)],
    ctl       => [qw(base event signature store endpoint link admin)],
);
# The parts of a layer, lowest first. A part includes only those before it; parts of one row do not know each
# other. A file of the layer's own folder is a part by its name, or belongs to the rest, '*'.
my %parts = (
    signature => [qw(model keys language catalogue verify sign)],
    module    => [ qw(ngx redis verdict settings stats request), [qw(gate conf)], 'module' ],
    worker    => [ [qw(send redis)], '*' ],
);
# Where the headers of a library may be included.
my @only = (
    [ 'nginx'         => qr/^(?:ngx_|nginx\.h)/, qw(module) ],
    [ 'Boost'         => qr/^boost\/(?!multiprecision)/, qw(link worker admin ctl) ],
    [ 'Boost.Multiprecision' => qr/^boost\/multiprecision/, qw(endpoint) ],
    [ 'nlohmann-json' => qr/^nlohmann\//,        qw(endpoint worker admin ctl) ],
    [ 'CLI11'         => qr/^CLI\//,             qw(worker ctl) ],
    [ 'spdlog'        => qr/^spdlog\//,          qw(link worker admin) ],
);

chdir($ARGV[0] // '.') or die "$ARGV[0]: $!\n";
my (@faults, %arrow);

sub layer     ($path) { return $path =~ m{^([^/]+)/} ? $1 : '' }
sub component ($path) { return $path =~ s/\.\w+$//r }

# A folder; of what stands in the folder of a layer itself: the component.
sub place ($path) { return $path =~ m{^([^/]+/.+)/[^/]+$} ? $1 : component($path) }

# (name, row) of the part of a layer that a file belongs to; no row: unknown.
sub part ($path) {
    my $rows = $parts{ layer($path) } or return ('', 0);
    my ($name) = component($path) =~ m{^[^/]+/([^/]+)};
    for my $name ($name, $path =~ m{^[^/]+/[^/]+$} ? '*' : ()) {
        for my $row (0 .. $#$rows) {
            return ($name, $row)
                if grep { $_ eq $name } ref $rows->[$row] ? @{ $rows->[$row] } : $rows->[$row];
        }
    }
    return ($name, undef);
}

sub check_library ($path, $line, $name) {
    my $layer = layer($path);
    for (@only) {
        my ($library, $pattern, @layers) = @$_;
        next if $name !~ $pattern || grep { $_ eq $layer } @layers;
        push @faults, "src/$path:$line: $library belongs to @layers, not to $layer";
    }
}

# Says what is wrong with the direction of an include, if anything.
sub upward ($path, $name) {
    my ($from, $to) = (layer($path), layer($name));
    if ($from ne $to) {
        return if grep { $_ eq $to } @{ $below{$from} };
        return "$from includes $name: $to is not below it";
    }
    my ($part,  $row)       = part($path);
    my ($other, $other_row) = part($name);
    return if $part eq $other || !defined $row || !defined $other_row || $other_row < $row;
    return
          "$from/$part includes $name: "
        . ($other eq '*' ? "$to itself" : "$to/$other")
        . ' is not below it';
}

sub check_include ($path, $line, $name) {
    if    (!-e "src/$name") { push @faults, "src/$path:$line: \"$name\": give the path from src on" }
    elsif (!$below{ layer($name) }) {
        push @faults,
            "src/$path:$line: src/make/includes.pl does not know where the layer \"@{[ layer($name) ]}\" is";
    }
    else {
        my $fault = upward($path, $name);
        push @faults, "src/$path:$line: $fault" if $fault;
    }
    for (\&place, \&component) {
        my ($from, $to) = ($_->($path), $_->($name));
        $arrow{$from}{$to} //= "src/$path:$line" if $from ne $to;
    }
}

my @files;
find({ no_chdir => 1, wanted => sub { push @files, s{^src/}{}r if /\.[ch](?:pp)?$/ } }, 'src');
for my $path (sort @files) {
    my $layer = layer($path);
    if (!$below{$layer}) {
        push @faults, "src/$path: src/make/includes.pl does not know where the layer \"$layer\" is";
        next;
    }
    my ($part, $row) = part($path);
    push @faults, "src/$path: src/make/includes.pl does not know where the part \"$layer/$part\" is"
        if !defined $row;
    open my $in, '<', "src/$path" or die "src/$path: $!\n";
    while (my $text = <$in>) {
        my ($form, $name) = $text =~ /^\s*#\s*include\s*([<"])([^>"]+)[>"]/ or next;
        if ($form eq '<') { check_library($path, $., $name) }
        else              { check_include($path, $., $name) }
    }
}

# A circle is found from the place at which it is entered; each is named once.
my (%state, %named);

sub name_circle (@circle) {
    return if $named{ join ' ', sort @circle }++;
    my @where = map { $arrow{ $circle[$_] }{ $circle[ $_ + 1 ] } } 0 .. $#circle - 1;
    push @faults, 'circle: ' . join(' -> ', @circle) . ' (' . join(', ', @where) . ')';
}

sub walk ($node, @way) {
    if (($state{$node} // '') eq 'open') {
        my ($first) = grep { $way[$_] eq $node } 0 .. $#way;
        return name_circle(@way[ $first .. $#way ], $node);
    }
    return if $state{$node};
    $state{$node} = 'open';
    walk($_, @way, $node) for sort keys %{ $arrow{$node} // {} };
    $state{$node} = 'done';
}
walk($_) for sort keys %arrow;

say for @faults;
die "no sources\n" if !@files;
exit !!@faults;
